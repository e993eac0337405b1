/** Steps that run any image, so that a job that exists moves in as it is. */
@NullMarked
package io.headgate.process.container;

import org.jspecify.annotations.NullMarked;
