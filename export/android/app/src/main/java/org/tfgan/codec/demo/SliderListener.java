package org.tfgan.codec.demo;

import android.widget.SeekBar;

/** A slider's listener made of two actions. */
final class SliderListener implements SeekBar.OnSeekBarChangeListener {
  private final Runnable moved;
  private final Runnable released;

  SliderListener(Runnable moved, Runnable released) {
    this.moved = moved;
    this.released = released;
  }

  @Override
  public void onProgressChanged(SeekBar bar, int progress, boolean fromUser) {
    moved.run();
  }

  @Override
  public void onStartTrackingTouch(SeekBar bar) {}

  @Override
  public void onStopTrackingTouch(SeekBar bar) {
    released.run();
  }
}
