/** Small helps for set-based SQL. */
@NullMarked
package com.uberpopug.ates.platform.jdbc;

import org.jspecify.annotations.NullMarked;
