package com.uberpopug.ates.platform.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the role of a service may do in PostgreSQL, by its catalogue. */
public abstract class DatabaseRightsRules {

    private final Map<String, String> restricted;

    @Autowired
    private JdbcClient db;

    /** @param restricted by table, the rights of the role that are fewer than all four on rows */
    protected DatabaseRightsRules(Map<String, String> restricted) {
        this.restricted = restricted;
    }

    @Test
    void role_has_no_powers_and_is_nobody_else() {
        assertThat(
                found("""
                        select rolname from pg_roles
                         where rolname = current_user and (rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls)
                        union all
                        select roleid::regrole::text from pg_auth_members where member = current_user::regrole
                        """))
                .isEmpty();
    }

    @Test
    void role_reaches_no_other_database_and_creates_nothing() {
        assertThat(found("""
                select datname from pg_database
                 where datallowconn and datname <> current_database()
                   and has_database_privilege(datname, 'connect,temporary,create')
                union all
                select 'temporary or create' where has_database_privilege(current_database(), 'temporary,create')
                union all
                select nspname from pg_namespace where has_schema_privilege(oid, 'create')
                union all
                select oid::regclass::text from pg_class where relowner = current_user::regrole
                union all
                select spcname from pg_tablespace where has_tablespace_privilege(oid, 'create')
                union all
                select oid::regprocedure::text from pg_proc
                 where pronamespace = 'pg_catalog'::regnamespace and proname ~ '^lo(_|read$|write$)'
                   and has_function_privilege(oid, 'execute')
                """)).isEmpty();
    }

    @Test
    void rights_on_tables_are_those_on_rows_except_where_there_are_fewer() {
        var expected = new TreeMap<String, String>();
        found("select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')")
                .forEach(table -> expected.put(table, table.endsWith("_schema_history")
                        ? ""
                        : table.equals("schema_versions")
                                ? "select"
                                : restricted.getOrDefault(table, "select insert update delete")));
        assertThat(expected.keySet()).containsAll(restricted.keySet());
        var actual = new TreeMap<String, String>();
        db.sql("""
                select relname, array_to_string(array(
                           select kind from unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references',
                                                         'trigger', 'maintain']) kind
                            where has_table_privilege(class.oid, kind)
                               or kind in ('select', 'insert', 'update', 'references')
                                  and has_any_column_privilege(class.oid, kind)), ' ') as rights
                  from pg_class class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
                """)
                .query((row, _) -> actual.put(row.getString("relname"), row.getString("rights"))).list();
        assertThat(actual).isEqualTo(expected);
    }

    /** A simple view can be written through, and a function of the owner's may do what the owner may. */
    @Test
    void no_view_rule_or_function_lends_the_rights_of_its_owner() {
        assertThat(found("""
                select oid::regclass::text from pg_class
                 where relkind in ('v', 'm') and relnamespace = 'public'::regnamespace
                   and not coalesce('security_invoker=true' = any(reloptions), false)
                union all
                select rulename from pg_rules where schemaname = 'public'
                union all
                select oid::regprocedure::text from pg_proc
                 where prosecdef and has_function_privilege(oid, 'execute')
                   and pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
                union all
                select sequencename from pg_sequences
                 where has_sequence_privilege(format('%I.%I', schemaname, sequencename), 'update')
                """)).isEmpty();
    }

    private List<String> found(String query) {
        return db.sql(query).query(String.class).list();
    }
}
