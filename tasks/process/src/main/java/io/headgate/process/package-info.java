/** Child processes, and the Python worker that keeps dbt and Great Expectations warm. */
@NullMarked
package io.headgate.process;

import org.jspecify.annotations.NullMarked;
