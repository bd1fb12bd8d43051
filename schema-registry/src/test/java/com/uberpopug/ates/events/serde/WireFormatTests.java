package com.uberpopug.ates.events.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireFormatTests {

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void schema_id_below_one_is_rejected_as_unreadable_content(int id) {
        var value = WireFormat.frame(id, new byte[]{1});
        assertThatThrownBy(() -> WireFormat.schemaId(value)).isInstanceOf(SerializationException.class)
                .hasMessageContaining("Schema id " + id);
    }

    @Test
    void schema_ids_from_one_on_are_read() {
        assertThat(WireFormat.schemaId(WireFormat.frame(1, new byte[0]))).isEqualTo(1);
        assertThat(WireFormat.schemaId(WireFormat.frame(Integer.MAX_VALUE, new byte[0]))).isEqualTo(Integer.MAX_VALUE);
    }
}
