/** Owns the command {@code ./ates}: the parts that it starts, their ports and secrets, and its output. */
@NullMarked
package com.uberpopug.ates.localstack;

import org.jspecify.annotations.NullMarked;
