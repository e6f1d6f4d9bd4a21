package redis

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	goredis "github.com/redis/go-redis/v9"

	"pentimento/jobs"
)

// chunkBytes bounds a value in Redis: larger ones hold up every other client.
const chunkBytes = 1 << 20

// errPictureGone says that a chunk is missing.
var errPictureGone = errors.New("the picture is gone")

func (q *Queue) chunkKey(picture string, n int) string {
	return q.key(fmt.Sprintf("picture:%s:%d", picture, n))
}

// putPicture stores a picture in chunks and returns their number.
func (q *Queue) putPicture(ctx context.Context, picture string, data []byte) (chunks int, err error) {
	for ; chunks == 0 || chunks*chunkBytes < len(data); chunks++ {
		chunk := data[chunks*chunkBytes : min(len(data), (chunks+1)*chunkBytes)]
		if err := q.client.Set(ctx, q.chunkKey(picture, chunks), chunk, q.options.Keep).Err(); err != nil {
			return 0, err
		}
	}
	return chunks, nil
}

// getPicture reads a picture of that many chunks.
func (q *Queue) getPicture(ctx context.Context, picture string, chunks int) ([]byte, error) {
	if chunks < 1 || chunks > jobs.MaxPictureBytes/chunkBytes+1 {
		return nil, errPictureGone
	}
	var data bytes.Buffer
	for n := range chunks {
		chunk, err := q.client.Get(ctx, q.chunkKey(picture, n)).Bytes()
		if errors.Is(err, goredis.Nil) {
			return nil, errPictureGone
		}
		if err != nil {
			return nil, err
		}
		data.Write(chunk)
	}
	return data.Bytes(), nil
}

// dropPicture deletes a picture that is not wanted. What remains if it fails
// expires.
func (q *Queue) dropPicture(ctx context.Context, picture string, chunks int) {
	for n := range chunks {
		_ = q.client.Del(ctx, q.chunkKey(picture, n)).Err()
	}
}
