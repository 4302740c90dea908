#!/bin/sh
# Copies the primary once, then follows it. A replica that was promoted follows nobody any more.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  PGPASSWORD=$(cat "${SECRETS_DIRECTORY:-/run/secrets}/replication_password")
  export PGPASSWORD
  source="host=${PRIMARY_HOST:-postgres} user=replication application_name=replica"
  chmod 700 "$PGDATA"
  until pg_basebackup --pgdata "$PGDATA" --dbname "$source" --wal-method stream \
    --checkpoint fast --write-recovery-conf; do
    find "$PGDATA" -mindepth 1 -delete
    sleep 1
  done
fi
exec postgres "$@"
