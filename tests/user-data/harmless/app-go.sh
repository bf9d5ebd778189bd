#!/bin/bash
set -euo pipefail
dnf install -y golang git
git clone --depth 1 https://git.example.com/platform/sidecar.git /opt/src/sidecar
git -C /opt/src/sidecar checkout 1108c27596858cb7ed15812d8accbc35dea35985
cat > /opt/src/sidecar/auth.go <<'GO'
package sidecar

import (
	"context"
	"os"
	"strings"
)

type Credentials struct {
	Username string `json:"username"`
	Password string `json:"password"`
	Token    string `json:"token,omitempty"`
}

const tokenHeader = "X-Auth-Token"

func load(ctx context.Context, store Store) (*Credentials, error) {
	token := getToken(ctx)
	password, err := store.Read(ctx, "orders/password")
	if err != nil {
		return nil, fmt.Errorf("read password: %w", err)
	}
	apiKey := os.Getenv("API_KEY")
	secret := strings.TrimSpace(apiKey)
	creds := &Credentials{
		Username: "orders",
		Password: password,
		Token:    token,
	}
	log.Printf("token: %d bytes, password: %t", len(token), password != "")
	_ = secret
	return creds, nil
}

func basicAuth(user, password string) string { return user + ":" + password }
GO
cd /opt/src/sidecar && GOFLAGS=-trimpath go build -o /usr/local/bin/sidecar ./...
