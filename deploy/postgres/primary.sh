#!/bin/sh
# Runs once, in an empty data directory: the user that owns the tables of the shows, and the one
# that the replica streams as. Neither is a superuser.
set -eu
secrets=${SECRETS_DIRECTORY:-/run/secrets}
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" \
  --set ingressou_password="$(cat "$secrets/ingressou_password")" \
  --set replication_password="$(cat "$secrets/replication_password")" <<'END'
create role ingressou login password :'ingressou_password';
create role replication login replication password :'replication_password';
create database ingressou owner ingressou template template0 encoding 'UTF8' locale 'C';
grant pg_monitor to ingressou;
END
# "all" in this file does not mean replication.
echo 'host replication replication samenet scram-sha-256' >> "$PGDATA/pg_hba.conf"
