"""Photos: what is wrong with a folder, and what augmentation makes of one."""
