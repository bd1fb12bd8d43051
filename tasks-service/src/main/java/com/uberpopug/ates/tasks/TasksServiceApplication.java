package com.uberpopug.ates.tasks;

import com.uberpopug.ates.platform.events.ServiceStart;
import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
@OpenAPIDefinition(info = @Info(title = "aTES tasks", version = "1.0.0", description = "Tasks: their creation, random assignment and completion."))
public class TasksServiceApplication {

    static void main(String[] arguments) {
        ServiceStart.run(TasksServiceApplication.class, arguments);
    }
}
