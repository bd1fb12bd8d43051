/** Workers' accounts and audit logs, for those who look at them. */
@NullMarked
package com.uberpopug.ates.accounting.account;

import org.jspecify.annotations.NullMarked;
