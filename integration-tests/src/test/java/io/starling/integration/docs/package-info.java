/** What the documents say, held to the code. */
@NullMarked
package io.starling.integration.docs;

import org.jspecify.annotations.NullMarked;
