package com.uberpopug.ates.analytics.projection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.uberpopug.ates.platform.test.DatabaseCrashes;
import com.uberpopug.ates.platform.test.ServiceTest;
import java.time.LocalDate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Import;

/** A rebuild that loses the database before each of its statements, and before and after each commit. */
@ServiceTest(database = "analytics")
@Import(DatabaseCrashes.class)
class CrashesWhileRebuildingTests extends RebuildTest {

    @Test
    void crash_at_any_statement_leaves_all_rows_before_or_all_rows_after() {
        rebuild();
        send(company(LocalDate.of(1998, 7, 7)));
        var whole = projections();
        int steps = DatabaseCrashes.callsOf(this::rebuild);
        assertThat(steps).as("so many statements and commits a rebuild has").isGreaterThan(40);
        breakEveryTable();
        var broken = projections();
        int switched = 0;
        for (int point : points(steps)) {
            var id = requested();
            var crash = catchThrowable(() -> DatabaseCrashes.after(point, () -> runRebuild.run(id, () -> true)));
            boolean isSwitched = rebuilds.unfinished().isEmpty();
            assertThat(projections()).as("after %d steps of %d", point, steps).isEqualTo(isSwitched ? whole : broken);
            if (isSwitched) {
                switched += crash == null ? 0 : 1;
            } else {
                // Another instance begins it again.
                assertThat(runRebuild.run(id, () -> true)).isTrue();
                assertThat(projections()).as("after %d steps of %d", point, steps).isEqualTo(whole);
            }
            breakEveryTable();
            broken = projections();
        }
        assertThat(switched).as("so many crashes came after the switch").isPositive();
    }

    /**
     * All of the beginning and of the switch, and some while the records of other tests are read, whose number differs.
     */
    private static int[] points(int steps) {
        return IntStream.rangeClosed(0, steps + 3)
                .filter(step -> step < 10 || step % 97 == 0 || step > steps - 45).toArray();
    }
}
