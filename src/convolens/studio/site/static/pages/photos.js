// photos
