#!/bin/bash
# Runs once, when the first PostgreSQL server makes its data: lets a standby copy and follow it. From then on a commit
# waits until the standby has it on disk.
set -euo pipefail
psql --set ON_ERROR_STOP=1 --username postgres --set password="$(cat /secrets/postgres/replication)" <<'SQL'
create role replicator login replication password :'password';
alter system set synchronous_standby_names = 'standby';
SQL
echo 'host replication replicator all scram-sha-256' >> "$PGDATA/pg_hba.conf"
