// Command setup makes buckets, users and their policies in a MinIO server. It takes a plan as JSON on standard input,
// so that no secret stands in an argument list, and may be run any number of times.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/minio/madmin-go/v3"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

type plan struct {
	Address   string   `json:"address"`
	AccessKey string   `json:"access_key"`
	SecretKey string   `json:"secret_key"`
	Region    string   `json:"region"`
	Buckets   []string `json:"buckets"`
	Users     []user   `json:"users"`
}

type user struct {
	AccessKey string          `json:"access_key"`
	SecretKey string          `json:"secret_key"`
	Policy    json.RawMessage `json:"policy"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "minio setup:", err)
		os.Exit(1)
	}
}

func run() error {
	var wanted plan
	if err := json.NewDecoder(os.Stdin).Decode(&wanted); err != nil {
		return fmt.Errorf("the plan on standard input: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := makeBuckets(ctx, wanted); err != nil {
		return err
	}
	return makeUsers(ctx, wanted)
}

func makeBuckets(ctx context.Context, wanted plan) error {
	client, err := minio.New(wanted.Address, &minio.Options{
		Creds:  credentials.NewStaticV4(wanted.AccessKey, wanted.SecretKey, ""),
		Region: wanted.Region,
	})
	if err != nil {
		return err
	}
	if _, err := client.ListBuckets(ctx); err != nil {
		return fmt.Errorf("listing buckets: %w", err)
	}
	for _, bucket := range wanted.Buckets {
		exists, err := client.BucketExists(ctx, bucket)
		if err != nil {
			return fmt.Errorf("bucket %s: %w", bucket, err)
		}
		if exists {
			continue
		}
		if err := client.MakeBucket(ctx, bucket, minio.MakeBucketOptions{Region: wanted.Region}); err != nil {
			return fmt.Errorf("bucket %s: %w", bucket, err)
		}
	}
	return nil
}

func makeUsers(ctx context.Context, wanted plan) error {
	if len(wanted.Users) == 0 {
		return nil
	}
	admin, err := madmin.New(wanted.Address, wanted.AccessKey, wanted.SecretKey, false)
	if err != nil {
		return err
	}
	for _, each := range wanted.Users {
		if err := admin.AddCannedPolicy(ctx, each.AccessKey, each.Policy); err != nil {
			return fmt.Errorf("policy of %s: %w", each.AccessKey, err)
		}
		if err := admin.AddUser(ctx, each.AccessKey, each.SecretKey); err != nil {
			return fmt.Errorf("user %s: %w", each.AccessKey, err)
		}
		attached, err := admin.GetUserInfo(ctx, each.AccessKey)
		if err != nil {
			return fmt.Errorf("user %s: %w", each.AccessKey, err)
		}
		if attached.PolicyName == each.AccessKey {
			continue
		}
		_, err = admin.AttachPolicy(ctx, madmin.PolicyAssociationReq{Policies: []string{each.AccessKey}, User: each.AccessKey})
		if err != nil {
			return fmt.Errorf("policy of %s: %w", each.AccessKey, err)
		}
	}
	return nil
}
