/**
 * Owns the real parts of aTES, each a process of its own that the launcher and the tests start, stop, kill and freeze.
 */
@NullMarked
package com.uberpopug.ates.localstack.parts;

import org.jspecify.annotations.NullMarked;
