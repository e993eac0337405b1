/** JSON as plain values, light enough for the start of a task. */
@NullMarked
package io.headgate.api.json;

import org.jspecify.annotations.NullMarked;
