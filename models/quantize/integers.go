package quantize

import "math"

// Weights in eight bits, one scale for every output channel.
type integers struct {
	values []byte // int8
	steps  []float32
}

// channelSteps are the steps of weights whose output channels are given by at: the
// greatest weight of a channel becomes 127 or −127. least, where it is not nil, is
// the smallest step that a channel may have.
func channelSteps(weights []float32, channels int, channel func(i int) int, least []float32) []float32 {
	steps := make([]float32, channels)
	for i, w := range weights {
		c := channel(i)
		steps[c] = max(steps[c], float32(math.Abs(float64(w))))
	}
	for c := range steps {
		steps[c] /= math.MaxInt8
		if least != nil {
			steps[c] = max(steps[c], least[c])
		}
		if steps[c] == 0 {
			steps[c] = 1 // a channel of zeros
		}
	}
	return steps
}

// quantized are weights in eight bits.
func quantized(weights []float32, channels int, channel func(i int) int, least []float32) integers {
	q := integers{values: make([]byte, len(weights)), steps: channelSteps(weights, channels, channel, least)}
	for i, w := range weights {
		v := math.RoundToEven(float64(w) / float64(q.steps[channel(i)]))
		q.values[i] = byte(int8(min(max(v, -math.MaxInt8), math.MaxInt8)))
	}
	return q
}

// mostBias is the greatest bias of a convolution, in its own steps: there is room
// for the sum of the products above it.
const mostBias = 1 << 30

// leastSteps are the smallest steps with which every bias fits.
func leastSteps(bias []float32, input scale) []float32 {
	if bias == nil {
		return nil
	}
	least := make([]float32, len(bias))
	for c, b := range bias {
		least[c] = float32(math.Abs(float64(b)) / (float64(input.step) * mostBias))
	}
	return least
}

// biases are the biases of a convolution in steps of its sums.
func biases(bias, steps []float32, input scale) []int32 {
	out := make([]int32, len(bias))
	for c, b := range bias {
		out[c] = int32(math.RoundToEven(float64(b) / (float64(input.step) * float64(steps[c]))))
	}
	return out
}
