#!/bin/bash
# Copies the first server's data when there are none yet, then follows it until it is promoted. A promoted server waits
# for no other one.
set -euo pipefail
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  rm -rf "${PGDATA:?}"
  # At its first start the other server makes its database first.
  for _ in {1..120}; do
    pg_isready -q -h postgres && break
    sleep 1
  done
  PGPASSWORD=$(cat /secrets/postgres/replication) pg_basebackup --pgdata "$PGDATA" --write-recovery-conf --wal-method stream \
    --checkpoint fast --create-slot --slot standby \
    --dbname 'host=postgres user=replicator application_name=standby'
fi
exec postgres "$@" -c synchronous_standby_names=
