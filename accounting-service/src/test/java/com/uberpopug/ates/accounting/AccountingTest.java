package com.uberpopug.ates.accounting;

import com.uberpopug.ates.platform.test.ServiceTest;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;

/** A test of the whole service. All tests share one context, which closes no day by itself. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@AutoConfigureMockMvc
@ServiceTest(database = "accounting", properties = {"ates.price-secret=a secret of the tests, long enough",
        "ates.close-delay=36500d"})
public @interface AccountingTest {
}
