/**
 * The gate: checks, their verdict, who may accept a failure, what is published and how it is
 * undone.
 */
@NullMarked
package io.headgate.quality;

import org.jspecify.annotations.NullMarked;
