package blobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// S3 is a [Bucket] in a store with the S3 protocol.
type S3 struct {
	client *minio.Client
	bucket string
	prefix string
}

// S3Options say where a bucket is. Start from [ParseS3].
type S3Options struct {
	// Endpoint is host:port of the service.
	Endpoint string
	// Insecure talks to it without TLS.
	Insecure bool
	// Bucket is its name; it must exist.
	Bucket string
	// Prefix begins all names in it.
	Prefix string
	// Region of the bucket; empty asks the service.
	Region string
	// AccessKey and SecretKey are the credentials.
	AccessKey, SecretKey string
}

// ParseS3 reads an address s3://host[:port]/bucket[/prefix], or s3+http://…
// for a service without TLS.
func ParseS3(address string) (S3Options, error) {
	u, err := url.Parse(address)
	if err != nil {
		return S3Options{}, fmt.Errorf("the address of the pictures: %w", err)
	}
	bucket, prefix, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	if u.Scheme != "s3" && u.Scheme != "s3+http" || u.Host == "" || bucket == "" {
		return S3Options{}, fmt.Errorf("the address of the pictures %q is not like s3://host/bucket", address)
	}
	if u.User != nil {
		return S3Options{}, errors.New("keys do not belong into the address of the pictures: set them in the environment")
	}
	if prefix != "" && !strings.HasSuffix(prefix, "/") {
		prefix += "/"
	}
	return S3Options{Endpoint: u.Host, Insecure: u.Scheme == "s3+http", Bucket: bucket, Prefix: prefix, Region: u.Query().Get("region")}, nil
}

// OpenS3 returns the bucket and sees that it is there.
func OpenS3(ctx context.Context, o S3Options) (*S3, error) {
	client, err := minio.New(o.Endpoint, &minio.Options{
		Creds: credentials.NewStaticV4(o.AccessKey, o.SecretKey, ""), Secure: !o.Insecure, Region: o.Region, MaxRetries: 4,
	})
	if err != nil {
		return nil, fmt.Errorf("reach the pictures at %s: %w", o.Endpoint, err)
	}
	there, err := client.BucketExists(ctx, o.Bucket)
	if err != nil {
		return nil, fmt.Errorf("reach the pictures at %s: %w", o.Endpoint, err)
	}
	if !there {
		return nil, fmt.Errorf("there is no bucket %s at %s", o.Bucket, o.Endpoint)
	}
	return &S3{client: client, bucket: o.Bucket, prefix: o.Prefix}, nil
}

// Put implements [Bucket].
func (s *S3) Put(ctx context.Context, name string, value []byte) error {
	_, err := s.client.PutObject(ctx, s.bucket, s.prefix+name, bytes.NewReader(value), int64(len(value)), minio.PutObjectOptions{
		ContentType: "application/octet-stream",
	})
	return explainS3("put", err)
}

// Get implements [Bucket].
func (s *S3) Get(ctx context.Context, name string, limit int64) (value []byte, stored time.Time, err error) {
	object, err := s.client.GetObject(ctx, s.bucket, s.prefix+name, minio.GetObjectOptions{})
	if err != nil {
		return nil, stored, explainS3("get", err)
	}
	value, reading := io.ReadAll(io.LimitReader(object, limit+1))
	if reading != nil {
		return nil, stored, errors.Join(explainS3("get", reading), object.Close())
	}
	info, err := object.Stat()
	if err := errors.Join(err, object.Close()); err != nil {
		return nil, stored, explainS3("get", err)
	}
	if int64(len(value)) > limit {
		return nil, stored, ErrNone
	}
	return value, info.LastModified, nil
}

// Has implements [Bucket]. The answer to a question for an object has no body,
// and so does not say whether it is the bucket that is not there.
func (s *S3) Has(ctx context.Context, name string) (bool, error) {
	_, err := s.client.StatObject(ctx, s.bucket, s.prefix+name, minio.StatObjectOptions{})
	if err = explainS3("look for", err); !errors.Is(err, ErrNone) {
		return err == nil, err
	}
	there, err := s.client.BucketExists(ctx, s.bucket)
	if err == nil && !there {
		err = errNoBucket
	}
	return false, explainS3("look for", err)
}

// errNoBucket says that a bucket which was there is gone.
var errNoBucket = errors.New("the bucket is gone")

// Delete implements [Bucket].
func (s *S3) Delete(ctx context.Context, name string) error {
	err := explainS3("delete", s.client.RemoveObject(ctx, s.bucket, s.prefix+name, minio.RemoveObjectOptions{}))
	if errors.Is(err, ErrNone) {
		return nil // some services say so
	}
	return err
}

// List implements [Bucket].
func (s *S3) List(ctx context.Context, folder string) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		listing, cancel := context.WithCancel(ctx)
		defer cancel()
		options := minio.ListObjectsOptions{Prefix: s.prefix + folder, Recursive: true}
		for o := range s.client.ListObjectsIter(listing, s.bucket, options) {
			if o.Err != nil {
				yield(Entry{}, explainS3("list", o.Err))
				return
			}
			if !yield(Entry{Name: strings.TrimPrefix(o.Key, s.prefix), Size: o.Size, Stored: o.LastModified}, nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil { // the client ends the list without it
			yield(Entry{}, err)
		}
	}
}

// Close implements [Bucket].
func (s *S3) Close() error { return nil }

// explainS3 says what was being done, and what is not there in our terms.
func explainS3(doing string, err error) error {
	if err == nil {
		return nil
	}
	if code := minio.ToErrorResponse(err).Code; code == minio.NoSuchKey {
		return ErrNone
	}
	return fmt.Errorf("%s a picture in the S3 store: %w", doing, err)
}
