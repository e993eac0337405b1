/** The keys that connections of each kind have. */
@NullMarked
package io.headgate.model.connection;

import org.jspecify.annotations.NullMarked;
