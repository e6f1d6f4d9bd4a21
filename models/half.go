package models

import (
	"context"
	"errors"

	"pentimento/models/quantize"
)

// inHalf makes the UNet of p one in half precision: the one in the cache, or a new
// one, which it puts there. A graph that is in half precision already stays as it is.
func (in *inspection) inHalf(ctx context.Context, o Options, p *preparedUNet) error {
	cache, err := in.halfCache(o)
	if err != nil {
		return err
	}
	err = cache.fill(ctx, p, func() ([]lowPart, error) {
		plan, err := in.planUNet(p)
		return []lowPart{{lowUNet, func(to quantize.Destination) ([]byte, error) {
			return plan.WriteHalf(ctx, o.Runtime, plan.located.dir, to)
		}}}, err
	})
	if errors.Is(err, quantize.ErrNothing) {
		return nil
	}
	return err
}

// halfCache is the place of a model in half precision in the cache folder.
func (in *inspection) halfCache(o Options) (precisionCache, error) {
	if o.CacheDir == "" {
		return precisionCache{}, errors.New("fp16 takes a cache folder")
	}
	return newPrecisionCache(o.CacheDir, in.digest, FP16, half)
}
