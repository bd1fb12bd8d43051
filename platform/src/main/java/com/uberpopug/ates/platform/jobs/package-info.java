/** The service's recurring jobs: that each is scheduled, and whether one is late. */
@NullMarked
package com.uberpopug.ates.platform.jobs;

import org.jspecify.annotations.NullMarked;
