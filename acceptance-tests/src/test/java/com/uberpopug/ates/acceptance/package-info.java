/** The requirement in its own words, put to the shipped system: a class per rule, over the same REST API that everyone uses. */
@NullMarked
package com.uberpopug.ates.acceptance;

import org.jspecify.annotations.NullMarked;
