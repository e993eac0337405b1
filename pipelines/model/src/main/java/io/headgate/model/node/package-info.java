/** Configuration as a tree that knows where each value stands, from YAML or from JSON. */
@NullMarked
package io.headgate.model.node;

import org.jspecify.annotations.NullMarked;
