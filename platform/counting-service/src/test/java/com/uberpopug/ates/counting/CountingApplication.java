package com.uberpopug.ates.counting;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Publishes the steps of counters, and consumes and tallies them again. */
@SpringBootApplication
public class CountingApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(CountingApplication.class, arguments);
    }
}
