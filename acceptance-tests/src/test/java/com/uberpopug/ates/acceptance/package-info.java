/** The requirement in its own words, against the shipped system: a class for each rule, over the public REST API. */
@NullMarked
package com.uberpopug.ates.acceptance;

import org.jspecify.annotations.NullMarked;
