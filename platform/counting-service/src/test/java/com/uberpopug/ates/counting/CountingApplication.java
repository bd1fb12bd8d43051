package com.uberpopug.ates.counting;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Counts: each counter's steps are announced, and tallied by whoever hears of them, which is this service again. */
@SpringBootApplication
public class CountingApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(CountingApplication.class, arguments);
    }
}
