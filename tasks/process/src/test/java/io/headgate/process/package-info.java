@NullMarked
package io.headgate.process;

import org.jspecify.annotations.NullMarked;
