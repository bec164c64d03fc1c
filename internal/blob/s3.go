package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// S3 keeps blobs as objects of one bucket, which nothing else should use.
type S3 struct {
	api    *minio.Core
	bucket string
	secure bool // over TLS, which protects the bytes on their way; otherwise each request carries their hash
}

var _ Store = (*S3)(nil)

const (
	// partSize is what a stream of unknown length costs in memory: the smallest that S3 allows. 10,000 parts make 48 GiB.
	partSize = 5 << 20
	// singlePut is the most that S3 takes in one request; a stream of known length needs no memory up to that.
	singlePut = 5 << 30
)

// OpenS3 opens a bucket: "s3:" and then the http: or https: URL of the server, with the access key as user, its secret as
// password, and the bucket as path. ?region=eu-central-1 names the region (us-east-1 when it is not given); ?create=1 makes
// the bucket when it is not there. The bucket is looked up, so that a wrong setting is noticed here.
func OpenS3(ctx context.Context, raw string) (*S3, error) {
	u, err := url.Parse(strings.TrimPrefix(raw, "s3:"))
	if err != nil {
		return nil, errors.New("S3 URL: not a URL of the form s3:https://key:secret@host/bucket") // the parser's error shows the secret
	}
	secret, _ := u.User.Password()
	bucket := strings.Trim(u.Path, "/")
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("S3 URL: s3: must be followed by the address, which begins with http or https")
	case u.Host == "" || u.User.Username() == "" || secret == "":
		return nil, errors.New("S3 URL: host, access key and secret are needed: s3:https://key:secret@host/bucket")
	case bucket == "" || strings.Contains(bucket, "/"):
		return nil, errors.New("S3 URL: the path must be the name of the bucket and nothing else")
	}
	query := u.Query()
	region := query.Get("region")
	if region == "" {
		region = "us-east-1"
	}
	create := query.Get("create") == "1"
	query.Del("region")
	query.Del("create")
	for name := range query {
		return nil, fmt.Errorf("S3 URL: unknown setting %q; there are region and create", name)
	}
	api, err := minio.NewCore(u.Host, &minio.Options{
		Creds:        credentials.NewStaticV4(u.User.Username(), secret, ""),
		Secure:       u.Scheme == "https",
		Region:       region, // known, so that no request asks for it
		BucketLookup: minio.BucketLookupPath,
	})
	if err != nil {
		return nil, fmt.Errorf("S3 URL: %w", err)
	}
	s := &S3{api: api, bucket: bucket, secure: u.Scheme == "https"}
	if err := s.ensureBucket(ctx, region, create); err != nil {
		return nil, fmt.Errorf("S3 bucket %s at %s: %w", bucket, u.Host, err)
	}
	return s, nil
}

func (s *S3) ensureBucket(ctx context.Context, region string, create bool) error {
	found, err := s.api.BucketExists(ctx, s.bucket)
	if err != nil || found {
		return err
	}
	if !create {
		return errors.New("there is no such bucket (make it, or add create=1 to the URL)")
	}
	err = s.api.MakeBucket(ctx, s.bucket, minio.MakeBucketOptions{Region: region})
	if minio.ToErrorResponse(err).Code == minio.BucketAlreadyOwnedByYou { // another node was quicker
		return nil
	}
	return err
}

// Put sends a stream of known length in one request, and one of unknown length in as few parts as it has 5 MiB.
func (s *S3) Put(ctx context.Context, key string, r io.Reader, size int64) (Info, error) {
	if err := checkKey(key); err != nil {
		return Info{}, err
	}
	in := newIntake(r, size)
	// A stream cannot be sent twice, so a request that fails is not repeated; the caller knows whether it can start again.
	var err error
	if size < 0 {
		err = s.putParts(ctx, key, in)
	} else {
		_, err = s.api.Client.PutObject(ctx, s.bucket, key, in, size, minio.PutObjectOptions{
			ContentType:      octets,
			PartSize:         partSize,
			NumThreads:       1,
			DisableMultipart: size <= singlePut,
		})
	}
	switch {
	case in.err != nil:
		return Info{}, in.err
	case err != nil:
		return Info{}, s3Error(err)
	}
	return in.info(), nil
}

const octets = "application/octet-stream"

// parts are buffers of one part each, used again: an upload costs one, whatever its length.
var parts = sync.Pool{New: func() any { b := make([]byte, partSize); return &b }}

// putParts sends a stream of unknown length: most uploads fit into one part, which is one request.
func (s *S3) putParts(ctx context.Context, key string, in io.Reader) (err error) {
	buf := parts.Get().(*[]byte) //nolint:errcheck // the pool holds nothing else
	defer parts.Put(buf)
	part, last, err := nextPart(in, *buf)
	if err != nil {
		return err
	}
	if last {
		_, err := s.api.PutObject(ctx, s.bucket, key, bytes.NewReader(part), int64(len(part)), "", s.hash(part), minio.PutObjectOptions{ContentType: octets})
		return err
	}
	id, err := s.api.NewMultipartUpload(ctx, s.bucket, key, minio.PutObjectOptions{ContentType: octets})
	if err != nil {
		return err
	}
	defer func() {
		if err != nil { // whatever became of the request, the parts must not stay
			end, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTime)
			defer cancel()
			err = errors.Join(err, s.api.AbortMultipartUpload(end, s.bucket, key, id))
		}
	}()
	var done []minio.CompletePart
	for len(part) > 0 {
		sent, err := s.api.PutObjectPart(ctx, s.bucket, key, id, len(done)+1, bytes.NewReader(part), int64(len(part)), minio.PutObjectPartOptions{Sha256Hex: s.hash(part)})
		if err != nil {
			return err
		}
		done = append(done, minio.CompletePart{PartNumber: sent.PartNumber, ETag: sent.ETag})
		if last {
			break
		}
		if part, last, err = nextPart(in, *buf); err != nil {
			return err
		}
	}
	_, err = s.api.CompleteMultipartUpload(ctx, s.bucket, key, id, done, minio.PutObjectOptions{})
	return err
}

// abortTime is how long taking back an upload may take.
const abortTime = 10 * time.Second

// nextPart fills buf; last tells that the stream has ended.
func nextPart(in io.Reader, buf []byte) (part []byte, last bool, err error) {
	n, err := io.ReadFull(in, buf)
	if err == io.EOF || err == io.ErrUnexpectedEOF { //nolint:errorlint // bare from ReadFull: the source's own errors come wrapped
		return buf[:n], true, nil
	}
	return buf[:n], false, err
}

// hash is what the signature covers where nothing else protects the bytes.
func (s *S3) hash(part []byte) string {
	if s.secure {
		return ""
	}
	sum := sha256.Sum256(part)
	return hex.EncodeToString(sum[:])
}

// Open asks for the object's size; the bytes come from where the reader stands when it is read.
func (s *S3) Open(ctx context.Context, key string) (io.ReadSeekCloser, Info, error) {
	if err := checkKey(key); err != nil {
		return nil, Info{}, err
	}
	stat, err := s.api.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{})
	if err != nil {
		return nil, Info{}, s3Error(err)
	}
	r := &rangeReader{size: stat.Size, fetch: func(from int64) (io.ReadCloser, error) {
		var opts minio.GetObjectOptions
		if from > 0 { // "from 0 to 0" would be one byte
			if err := opts.SetRange(from, 0); err != nil {
				return nil, err
			}
		}
		if err := opts.SetMatchETag(stat.ETag); err != nil { // never half of one blob and half of its successor
			return nil, err
		}
		body, _, _, err := s.api.GetObject(ctx, s.bucket, key, opts)
		if err != nil {
			return nil, s3Error(err)
		}
		return body, nil
	}}
	return r, Info{Size: stat.Size}, nil
}

// Delete removes the object with all its versions: in a bucket that keeps them, to remove an object only hides it. What cannot list
// versions keeps none.
func (s *S3) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	err := s.api.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{})
	if err != nil && !notThere(err) {
		return s3Error(err)
	}
	for o := range s.api.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: key, Recursive: true, WithVersions: true}) {
		switch {
		case o.Err != nil && minio.ToErrorResponse(o.Err).StatusCode == http.StatusNotImplemented:
			return nil
		case o.Err != nil:
			return s3Error(o.Err)
		case o.Key != key:
			continue // one that begins alike
		}
		err := s.api.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{VersionID: o.VersionID})
		if err != nil && !notThere(err) {
			return s3Error(err)
		}
	}
	return nil
}

// List asks for pages of at most 1,000 keys.
func (s *S3) List(ctx context.Context, prefix, after string, limit int) ([]string, error) {
	if limit <= 0 {
		return nil, nil
	}
	var keys []string
	opts := minio.ListObjectsOptions{Prefix: prefix, StartAfter: after, Recursive: true, MaxKeys: min(limit, 1000)}
	for o := range s.api.ListObjectsIter(ctx, s.bucket, opts) {
		if o.Err != nil {
			return nil, s3Error(o.Err)
		}
		if keys = append(keys, o.Key); len(keys) == limit {
			break
		}
	}
	return keys, nil
}

// Ping asks for the bucket.
func (s *S3) Ping(ctx context.Context) error {
	found, err := s.api.BucketExists(ctx, s.bucket)
	if err != nil {
		return s3Error(err)
	}
	if !found {
		return unavailable(errors.New("the bucket is gone"))
	}
	return nil
}

func notThere(err error) bool {
	resp := minio.ToErrorResponse(err)
	return resp.StatusCode == http.StatusNotFound && resp.Code != minio.NoSuchBucket
}

func s3Error(err error) error {
	if notThere(err) {
		return missing()
	}
	return unavailable(err)
}
