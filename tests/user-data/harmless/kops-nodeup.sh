#!/bin/bash
set -o errexit
set -o nounset
set -o pipefail

NODEUP_URL_AMD64=https://artifacts.example.org/binaries/kops/1.29.2/linux/amd64/nodeup
NODEUP_HASH_AMD64=33cf69cdd85c0c7e363728c7bf0c6b890fa09a3b26f2d9c188b59314e44ad1f5
NODEUP_URL_ARM64=https://artifacts.example.org/binaries/kops/1.29.2/linux/arm64/nodeup
NODEUP_HASH_ARM64=b5386ad058a960bc93930e564d49f5cd87626cbb46454d69d652d474cd768002
export AWS_REGION=eu-central-1

sysctl -w net.core.rmem_max=16777216 || true

validate-hash() {
  local -r file="$1"
  local -r expected="$2"
  actual=$(sha256sum "${file}" | awk '{ print $1 }') || true
  if [[ "${actual}" != "${expected}" ]]; then
    echo "== ${file} corrupted, hash ${actual} does not match expected ${expected} =="
    return 1
  fi
}

download-release() {
  case "$(uname -m)" in
    x86_64*)  NODEUP_URL=$NODEUP_URL_AMD64; NODEUP_HASH=$NODEUP_HASH_AMD64 ;;
    aarch64*) NODEUP_URL=$NODEUP_URL_ARM64; NODEUP_HASH=$NODEUP_HASH_ARM64 ;;
  esac
  curl -f --ipv4 -Lo nodeup --connect-timeout 20 --retry 6 "${NODEUP_URL}"
  validate-hash nodeup "${NODEUP_HASH}" && chmod +x nodeup
}

mkdir -p /opt/kops/bin /opt/kops/conf && cd /opt/kops/bin
cat > /opt/kops/conf/kube_env.yaml <<'__EOF_KUBE_ENV'
CloudProvider: aws
ClusterName: k8s.example.com
ConfigServer:
  CACertificates: |
    -----BEGIN CERTIFICATE-----
    MIIDCzCCAfOgAwIBAgIUF8FImlmYotD/qRlwW9eX0hgtNOAwDQYJKoZIhvcNAQEL
    BQAwFTETMBEGA1UEAwwKa3ViZXJuZXRlczAeFw0yNjExMjcwMzI1NDJaFw0zNjEx
    MjQwMzI1NDJaMBUxEzARBgNVBAMMCmt1YmVybmV0ZXMwggEiMA0GCSqGSIb3DQEB
    AQUAA4IBDwAwggEKAoIBAQDIfX7kqhk0W720pXfVIsLCGbuoZhH8y2rdLKhVdp3p
    RC6Gbdj2s8LYmYYv2+zQJ80y9/13zjb5ZG+tTf5rFy0e+QtrapfAyUg26f2I1Odj
    g8y9jOwod0+Svjj4Co6TMaWJhceM7kEq110+aqnkZMTxlFCPraUkavv/ESn53ub3
    xeTfEE5WdthHVpmb3qIeLKh/IQ5PAmUn+RmmnQhxXGy9DuvzbJUeIPpGXTYnc45i
    ZYqKyFX7uDIjgIwLzD1EsWktLxLArFGgD7ZYwbpIY+g+MpXFOMEcW19DuSojqwBC
    itIMyQhLYX43ojiZ91025SnHSIuTalUutcjoRLNitLGZAgMBAAGjUzBRMB0GA1Ud
    DgQWBBR+nvpbYruysvh/96VUPNbPTrSkLDAfBgNVHSMEGDAWgBR+nvpbYruysvh/
    96VUPNbPTrSkLDAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IBAQCX
    /9ZmLKkL6YswuuyyV30UfKY7UdmNCz6GBpEXEh0IZRx43RRnda4XrYQoxi68KH8N
    0gDop1TRLv4tdJfMcrwosa6cU3dncy+iqFQnpoahSFlixLWENh1T/N/D7mgadblM
    WjBrq9vgeBYfquDJuTWhnrbq85QHkvKrvqE6o3QMAHiPdoE0tiD6KZBo2rZYtkp5
    +ZEC7O4wwB4lP62HB0Hqm8UqkTYjQditAoR7h6g4o70WHuVOBt/bvPTDYDFzntJd
    mKiJMnnvG34KSlAUxJeO+8Ytu++0qSMJYESS4AItmeGNoA0ifjNwN0+UAX2+lfDZ
    qRVlLMN78FinqnZGjtq6
    -----END CERTIFICATE-----
  servers:
  - https://kops-controller.internal.k8s.example.com:3988/
InstanceGroupName: nodes-eu-central-1a
InstanceGroupRole: Node
NodeupConfigHash: KKztFNbd6vbJOGjl+NqBtp3iJnpylra5epVnkwf9Bn8=
__EOF_KUBE_ENV
download-release
./nodeup --install-systemd-unit --conf=/opt/kops/conf/kube_env.yaml --v=8
