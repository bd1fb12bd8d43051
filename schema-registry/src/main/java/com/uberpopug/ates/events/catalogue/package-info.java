/**
 * Owns the contract's documentation: one model of all that belongs to the contract, and the AsyncAPI document, the pages
 * in the repository and the local stack's site that are made of it.
 */
@NullMarked
package com.uberpopug.ates.events.catalogue;

import org.jspecify.annotations.NullMarked;
