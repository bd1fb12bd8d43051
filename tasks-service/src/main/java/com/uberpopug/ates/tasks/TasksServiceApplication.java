package com.uberpopug.ates.tasks;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
public class TasksServiceApplication {

    static void main(String[] arguments) {
        SpringApplication.run(TasksServiceApplication.class, arguments);
    }
}
