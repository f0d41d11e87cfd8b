/** What a person sees first: the demo, and its page in a browser. */
@NullMarked
package io.starling.integration.demo;

import org.jspecify.annotations.NullMarked;
