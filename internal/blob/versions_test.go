package blob_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"antragswerk/internal/testenv"
)

// In a bucket that keeps versions, what was deleted is gone with all that it ever was; its neighbour, whose key begins alike, stays.
func TestDeletedVersionsAreGone(t *testing.T) {
	at := testenv.S3(t)
	s := open(t, at)
	u, err := url.Parse(strings.TrimPrefix(at, "s3:"))
	if err != nil {
		t.Fatal(err)
	}
	secret, _ := u.User.Password()
	api, err := minio.New(u.Host, &minio.Options{Creds: credentials.NewStaticV4(u.User.Username(), secret, ""), Region: "us-east-1", BucketLookup: minio.BucketLookupPath})
	if err != nil {
		t.Fatal(err)
	}
	bucket := strings.Trim(u.Path, "/")
	if err := api.EnableVersioning(t.Context(), bucket); err != nil {
		t.Fatal(err)
	}
	versions := func() (keys []string) {
		for o := range api.ListObjectsIter(t.Context(), bucket, minio.ListObjectsOptions{Recursive: true, WithVersions: true}) {
			if o.Err != nil {
				t.Fatal(o.Err)
			}
			keys = append(keys, o.Key)
		}
		return keys
	}
	for _, body := range []string{"first", "second"} {
		if _, err := s.Put(t.Context(), "a/1/x", strings.NewReader(body), int64(len(body))); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Put(t.Context(), "a/1/xy", strings.NewReader("other"), 5); err != nil {
		t.Fatal(err)
	}
	if err := api.RemoveObject(t.Context(), bucket, "a/1/x", minio.RemoveObjectOptions{}); err != nil { // hidden, and all still there
		t.Fatal(err)
	}
	if n := len(versions()); n < 4 {
		t.Fatalf("the bucket keeps no versions: %d", n)
	}
	if err := s.Delete(t.Context(), "a/1/x"); err != nil {
		t.Fatal(err)
	}
	if left := versions(); !slices.Equal(left, []string{"a/1/xy"}) {
		t.Errorf("left: %q", left)
	}
}
