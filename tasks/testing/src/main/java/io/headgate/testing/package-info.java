/** What tests of tasks stand on, in every module. */
@NullMarked
package io.headgate.testing;

import org.jspecify.annotations.NullMarked;
