/** Trees of configuration bound to records, by the shape of the records alone. */
@NullMarked
package io.headgate.model.bind;

import org.jspecify.annotations.NullMarked;
