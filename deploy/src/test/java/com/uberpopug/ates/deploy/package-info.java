/** What the manifests under {@code deploy/kubernetes} promise. */
@NullMarked
package com.uberpopug.ates.deploy;

import org.jspecify.annotations.NullMarked;
