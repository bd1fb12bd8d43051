# The images of the services (target service), of RegisterSchemas (schemas), and of the steps before them (steps).
# Nothing but Docker is needed: the jars are built inside. With --build-arg JARS=packaged they come from the target
# directories, after mvn package.
ARG JARS=built

FROM maven:3.9-eclipse-temurin-25 AS built
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/root/.m2 mvn -B -q clean package -DskipTests -Dformatter.skip -pl '!acceptance-tests,!benchmarks,!deploy,!examples' \
  && mkdir -p /jars/steps \
  && mv *-service/target/*-service.jar schema-registry/target/schema-registry-app.jar /jars/ \
  && mv local-stack/target/local-stack.jar local-stack/target/lib /jars/steps/

FROM scratch AS packaged
COPY auth-service/target/auth-service.jar tasks-service/target/tasks-service.jar /jars/
COPY accounting-service/target/accounting-service.jar analytics-service/target/analytics-service.jar /jars/
COPY schema-registry/target/schema-registry-app.jar /jars/
COPY local-stack/target/local-stack.jar /jars/steps/
COPY local-stack/target/lib /jars/steps/lib

FROM ${JARS} AS jars

FROM eclipse-temurin:25-jre AS unpacked
ARG SERVICE
COPY --from=jars /jars/${SERVICE}.jar /build/app.jar
RUN java -Djarmode=tools -jar /build/app.jar extract --layers --destination /build/app

# PostgreSQL, which records the start, wants its user to have a name.
FROM eclipse-temurin:25-jre AS program
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin ates
WORKDIR /app
COPY --from=unpacked /build/app/dependencies/ ./
COPY --from=unpacked /build/app/snapshot-dependencies/ ./
COPY --from=unpacked /build/app/application/ ./
# What the health checks of Docker Compose run, under a name without a version.
RUN ln -s lib/platform-web-*.jar probe.jar
USER 10001

# One start on an empty database, without Kafka, recorded where the program will be: a cache counts for its paths only.
FROM program AS recorded
ARG SERVICE
COPY --from=jars --chown=10001 /jars/steps /tmp/steps
RUN java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx64m -cp /tmp/steps/local-stack.jar \
  com.uberpopug.ates.localstack.compose.StartCache ${SERVICE} /tmp/start.aot

FROM eclipse-temurin:25-jre AS steps
COPY --from=jars /jars/steps /app
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-cp", "/app/local-stack.jar", "com.uberpopug.ates.localstack.compose.Steps"]

FROM eclipse-temurin:25-jre AS schemas
COPY --from=jars /jars/schema-registry-app.jar /app/app.jar
USER 10001
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx64m", "-jar", "/app/app.jar"]

# A server's JVM: both compilers, and a share of the container's memory, of which the cache needs a part at once.
FROM program AS service
COPY --from=recorded /tmp/start.aot ./
ENTRYPOINT ["java", "-XX:AOTCache=/app/start.aot", "-XX:+UseSerialGC", "-XX:InitialRAMPercentage=30", "-XX:MaxRAMPercentage=50", "-jar", "app.jar"]
