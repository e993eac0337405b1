/** The page of a run. */
@NullMarked
package io.headgate.cli.page;

import org.jspecify.annotations.NullMarked;
