#!/bin/sh
# Makes every secret of docker-compose.yml, once: what is there stays. Needs openssl.
#
#   sh deploy/secrets/make.sh
set -eu
umask 077
cd "$(dirname "$0")"
# The files are mounted one by one and read by users of the containers; only this directory keeps
# other users of this machine out.
chmod 700 .

secret() { # FILE: the content comes from standard input
  if [ -s "$1" ]; then cat > /dev/null; else cat > "$1"; fi
  chmod 644 "$1"
}
password() { # FILE
  [ -s "$1" ] || openssl rand -hex 24 > "$1"
  chmod 644 "$1"
}

for name in postgres replication ingressou redis nats rabbitmq webhook; do password "$name-password"; done

database="ingressou:$(cat ingressou-password)"
printf 'postgres://%s@postgres:5432/ingressou' "$database" | secret database-url
printf 'postgres://%s@postgres-replica:5432/ingressou' "$database" | secret database-replica-urls

printf 'redis://:%s@redis:6379/0' "$(cat redis-password)" | secret redis-url
secret redis.conf <<END
# A cache of snapshots: it may lose everything at any second, so nothing is written to a disk.
requirepass $(cat redis-password)
save ""
appendonly no
maxmemory 512mb
maxmemory-policy allkeys-lru
END

printf 'nats://ingressou:%s@nats:4222' "$(cat nats-password)" | secret nats-url
secret nats.conf <<END
# Core NATS between the nodes: it stores nothing.
listen: 0.0.0.0:4222
http: 127.0.0.1:8222
max_payload: 1MB
authorization { user: ingressou, password: "$(cat nats-password)" }
END

printf 'amqp://ingressou:%s@rabbitmq:5672/' "$(cat rabbitmq-password)" | secret rabbitmq-url
secret rabbitmq.conf <<END
default_user = ingressou
default_pass = $(cat rabbitmq-password)
END

# Signs access tokens; every node must have the same one.
[ -s token-key.pem ] || openssl genpkey -algorithm ed25519 -out token-key.pem
chmod 644 token-key.pem

# Seals personal data and the keys of tickets; without it they are lost, so keep a copy elsewhere.
[ -s data.key ] || openssl rand 32 > data.key
chmod 644 data.key

# Of the simulated provider. Those of an account at Pagar.me take their place.
printf 'sk_test_simulator' | secret pagarme-secret-key
printf 'pk_test_simulator' | secret pagarme-public-key
