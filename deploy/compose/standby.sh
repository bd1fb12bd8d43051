#!/bin/bash
# Copies the first server's data when there are none yet, then follows it until it is promoted. A promoted server waits
# for no other one. A copy that was interrupted is begun anew.
set -euo pipefail
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  copy="$PGDATA.new"
  rm -rf "${PGDATA:?}" "$copy"
  # At its first start the other server makes its database first.
  for _ in {1..120}; do
    pg_isready -q -h postgres && break
    sleep 1
  done
  export PGPASSWORD
  PGPASSWORD=$(cat /secrets/postgres/replication)
  server='host=postgres user=replicator application_name=standby'
  # The slot of a copy that was given up, or of a standby that was lost.
  pg_receivewal --dbname "$server" --slot standby --drop-slot 2> /dev/null || true
  pg_basebackup --pgdata "$copy" --write-recovery-conf --wal-method stream --checkpoint fast --create-slot --slot standby \
    --dbname "$server"
  unset PGPASSWORD
  mv "$copy" "$PGDATA"
fi
exec postgres "$@" -c synchronous_standby_names=
