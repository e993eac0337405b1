@NullMarked
package io.headgate.quality;

import org.jspecify.annotations.NullMarked;
