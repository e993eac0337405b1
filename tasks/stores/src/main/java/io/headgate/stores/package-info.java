/** Warehouses, and what Headgate keeps in them. */
@NullMarked
package io.headgate.stores;

import org.jspecify.annotations.NullMarked;
