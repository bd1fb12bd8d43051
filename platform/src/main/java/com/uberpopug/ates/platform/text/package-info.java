/** The rules of text that people type: its form, which is the same however it was typed, and what an email address is. */
@NullMarked
package com.uberpopug.ates.platform.text;

import org.jspecify.annotations.NullMarked;
