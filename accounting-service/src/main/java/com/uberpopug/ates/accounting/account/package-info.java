/** Workers' accounts and audit logs, for pages and REST. */
@NullMarked
package com.uberpopug.ates.accounting.account;

import org.jspecify.annotations.NullMarked;
