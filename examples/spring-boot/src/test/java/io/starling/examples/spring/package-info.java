@NullMarked
package io.starling.examples.spring;

import org.jspecify.annotations.NullMarked;
