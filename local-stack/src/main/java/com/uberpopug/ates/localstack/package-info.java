/** Owns the command {@code ./ates}: what it starts, on which ports, with which secrets, and what it tells about it. */
@NullMarked
package com.uberpopug.ates.localstack;

import org.jspecify.annotations.NullMarked;
