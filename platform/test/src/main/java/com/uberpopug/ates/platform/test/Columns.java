package com.uberpopug.ates.platform.test;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Searches every column of every table of a service's database. */
public record Columns(JdbcClient database) {

    /** The columns, as {@code table.column}, in which a text occurs. */
    public List<String> with(String text) {
        return database.sql("""
                select format('%I', table_name) as table_name, format('%I', column_name) as column_name, data_type
                  from information_schema.columns where table_schema = 'public'
                """).query().listOfRows().stream().filter(column -> {
            var value = "bytea".equals(column.get("data_type"))
                    ? "position(convert_to(:text, 'UTF8') in %s)"
                    : "position(:text in %s::text)";
            return database.sql("select count(*) from %s where %s > 0".formatted(column.get("table_name"),
                    value.formatted(column.get("column_name")))).param("text", text).query(Long.class).single() > 0;
        }).map(column -> column.get("table_name") + "." + column.get("column_name")).toList();
    }
}
