/** The programs behind docker-compose.yml and the Dockerfile. */
@NullMarked
package com.uberpopug.ates.localstack.compose;

import org.jspecify.annotations.NullMarked;
